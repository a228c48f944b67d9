/** Operators that work element by element, whatever the order of the elements. */
export const elementwiseOperators: ReadonlySet<string> = new Set([
  ...['Add', 'Sub', 'Mul', 'Div', 'Max', 'Min', 'Pow', 'Where', 'Clip', 'Cast', 'Identity'],
  ...['Neg', 'Abs', 'Sqrt', 'Exp', 'Log', 'Reciprocal', 'Sign', 'Erf', 'Floor', 'Ceil', 'Round'],
  ...['Relu', 'LeakyRelu', 'PRelu', 'Sigmoid', 'Tanh', 'Softplus', 'Gelu', 'Elu', 'Selu', 'Celu'],
  ...['HardSigmoid', 'HardSwish', 'Mish', 'Softsign', 'ThresholdedRelu'],
  ...['Greater', 'GreaterOrEqual', 'Less', 'LessOrEqual', 'Equal', 'And', 'Or', 'Xor', 'Not'],
])
