internal import CustodyCore
internal import Detection
internal import Vision

/// Where image workers come from: started here, or by the supervisor when this process may start none.
enum VisionSupply: Sendable {
  case direct(VisionOptions)
  case passed(VisionOptions, ControlSocket)

  func pool(jobs: Int) throws(Complaint) -> VisionPool { VisionPool() }
}

extension VisionOptions {
  func start() throws -> VisionConnection { VisionConnection(descriptor: -1) }
}
extension SightContent {
  func job(_ sight: Sight) -> VisionJob { VisionJob() }
}
