export { type Device, devices } from './device.ts'
export { type NamedTensors, openSession, type Session, type SessionOptions } from './session.ts'
