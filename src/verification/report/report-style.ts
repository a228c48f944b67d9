/** How an error report looks, in light and dark, on screen and on paper. */
export const errorReportStyle = `
:root { color-scheme: light dark; --ink: light-dark(#1d1f23, #eceae6); --soft: light-dark(#6b6d72, #a0a2a7);
  --ground: light-dark(#f6f5f2, #16171a); --card: light-dark(#fff, #202226); --right: #1a7f43; --wrong: #c22f2f; }
* { box-sizing: border-box; margin: 0; }
body { background: var(--ground); color: var(--ink); max-width: 1240px; margin: 0 auto; padding: 40px 24px 64px;
  font: 14px/1.4 system-ui, "Segoe UI", "Liberation Sans", sans-serif; font-variant-numeric: tabular-nums; }
h1 { font-size: 28px; letter-spacing: -0.02em; }
h2 { font-size: 19px; margin: 36px 0 12px; }
small, p, dt { color: var(--soft); font-weight: 400; font-size: 13px; }
dl { display: flex; flex-wrap: wrap; gap: 10px 32px; margin: 20px 0; }
dd { font-size: 22px; font-weight: 650; letter-spacing: -0.02em; }
.charts { display: flex; flex-wrap: wrap; gap: 16px; align-items: flex-start; }
.charts svg { border-radius: 10px; max-width: 100%; height: auto; }
.gallery { display: grid; grid-template-columns: repeat(auto-fill, minmax(262px, 1fr)); gap: 14px; }
figure { background: var(--card); border-radius: 10px; padding: 10px; border-top: 3px solid var(--right); break-inside: avoid; }
figure.wrong { border-color: var(--wrong); }
figure div { display: grid; grid-template-columns: 1fr 1fr; gap: 6px; }
img, .gone { width: 100%; height: 120px; object-fit: contain; border-radius: 6px; background: #8881; }
.gone { display: grid; place-items: center; color: var(--soft); font-size: 12px; }
figcaption { margin-top: 8px; font-size: 13px; overflow-wrap: anywhere; }
`
