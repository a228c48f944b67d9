export { type Device, devices } from './device.ts'
export { evaluate } from './evaluate.ts'
export { type NamedTensors, openSession, type Session, type SessionOptions } from './session.ts'
export { compileStep, type Step, type StepOptions } from './step.ts'
