/** How a contact sheet looks, in light and dark, on screen and on paper. */
export const contactSheetStyle = `
:root {
  color-scheme: light dark;
  --ground: light-dark(#f6f5f2, #16171a);
  --card: light-dark(#ffffff, #202226);
  --ink: light-dark(#1d1f23, #eceae6);
  --soft: light-dark(#6b6d72, #a0a2a7);
  --line: light-dark(#e3e0da, #33363c);
  --right: light-dark(#1a7f43, #4cc27e);
  --wrong: light-dark(#c22f2f, #f07470);
  --later: light-dark(#9a6200, #e0ac4c);
  --box: #ffd60a;
}
* { box-sizing: border-box; margin: 0; }
body {
  background: var(--ground); color: var(--ink); padding: 40px 24px 64px; max-width: 1240px; margin: 0 auto;
  font: 14px/1.4 system-ui, -apple-system, "Segoe UI", "Helvetica Neue", "Liberation Sans", "DejaVu Sans", sans-serif;
  font-variant-numeric: tabular-nums;
}
h1 { font-size: 30px; line-height: 1.15; letter-spacing: -0.02em; font-weight: 650; }
h2 { font-size: 19px; letter-spacing: -0.01em; font-weight: 650; }
header p, .head p { color: var(--soft); margin-top: 4px; }
.settings { display: flex; flex-wrap: wrap; gap: 4px 8px; margin-top: 14px; color: var(--soft); }
.settings dd { color: var(--ink); }
.settings dd + dt { margin-left: 12px; }
section { margin-top: 40px; }
.head { display: grid; grid-template-columns: 1fr auto; align-items: end; margin-bottom: 14px; }
.head h2, .head p { grid-column: 1; }
.figures { grid-column: 2; grid-row: 1 / span 2; display: flex; gap: 28px; text-align: right; }
.figures dt { color: var(--soft); font-size: 12px; }
.figures dd { font-size: 24px; line-height: 1.15; font-weight: 650; letter-spacing: -0.02em; }
article {
  display: grid; grid-template-columns: 218px 1fr; gap: 22px; padding: 16px 18px; margin-bottom: 12px;
  background: var(--card); border: 1px solid var(--line); border-radius: 12px; break-inside: avoid;
}
ol { list-style: none; padding: 0; display: grid; grid-template-columns: repeat(5, 1fr); gap: 14px; }
figure { position: relative; }
.frame {
  height: 148px; display: flex; align-items: center; justify-content: center; overflow: hidden;
  background: #fff; border-radius: 8px; outline: 1px solid var(--line);
}
.query .frame { background: none; outline: none; height: auto; justify-content: flex-start; }
.frame span { position: relative; display: block; line-height: 0; max-width: 100%; }
.frame img { display: block; max-width: 100%; max-height: 148px; width: auto; height: auto; }
.query .frame img { max-height: 168px; max-width: 218px; border-radius: 8px; }
.frame i { position: absolute; border: 2px solid var(--box); border-radius: 2px; box-shadow: 0 0 0 1px #000a, inset 0 0 0 1px #0006; }
.gone { color: #777; font-size: 12px; }
li.right .frame { outline: 3px solid var(--right); }
li.wrong .frame { outline: 3px solid var(--wrong); }
.mark {
  position: absolute; top: -7px; right: -7px; width: 22px; height: 22px; border-radius: 50%; color: var(--card);
  font-size: 13px; line-height: 22px; text-align: center;
}
li.right .mark { background: var(--right); }
li.wrong .mark { background: var(--wrong); }
figcaption { margin-top: 8px; font-size: 13px; line-height: 1.3; overflow-wrap: anywhere; }
.score { display: block; color: var(--soft); font-size: 12px; }
.query figcaption { font-weight: 600; }
.truth, .verdict { display: block; font-weight: 400; color: var(--soft); }
.verdict { font-weight: 600; }
.verdict.right { color: var(--right); }
.verdict.later { color: var(--later); }
.verdict.wrong { color: var(--wrong); }
@media (max-width: 860px) {
  article { grid-template-columns: 1fr; }
  ol { grid-template-columns: repeat(auto-fill, minmax(110px, 1fr)); }
  .head { display: block; }
  .figures { margin-top: 10px; text-align: left; }
}
@media print { body { padding: 0; background: none; } }
`
