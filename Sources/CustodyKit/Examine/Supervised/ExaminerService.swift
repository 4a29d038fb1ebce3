internal import CustodyCore
import Foundation
internal import Records
internal import Snapshots
internal import Vision

/// What the supervisor does for the examiner: starts image workers, makes temporary files, notes how far it is.
///
/// Everything here is asked for by a process that may have been taken over: each request is bounded in number, and no
/// word of it is used but numbers and the last message, which is checked member by member.
final class ExaminerService: @unchecked Sendable {
  private static let mostWorkers = 100_000
  private static let mostFiles = 10_000_000

  private let socket: ControlSocket
  private let vision: VisionOptions?
  private let progress: ReadProgress
  private var workers: [UInt64: VisionConnection] = [:]
  private var startedWorkers = 0
  private var madeFiles = 0
  /// Position of the input that is being read.
  private(set) var begun = 0
  private(set) var answer: ExamineAnswer?
  private(set) var complaint: Complaint?

  init(socket: ControlSocket, vision: VisionOptions?, progress: ReadProgress) {
    self.socket = socket
    self.vision = vision
    self.progress = progress
  }

  /// Serves until the examiner is gone.
  func run() {
    while let message = socket.receive() {
      if message.descriptor >= 0 { close(message.descriptor) }
      if message.isKind("w") {
        startWorker()
      } else if message.isKind("k") {
        if let number = message.numbers.first { workers.removeValue(forKey: number).map(Self.end) }
      } else if message.isKind("s") {
        makeFile()
      } else if message.isKind("i") {
        begun = Int(clamping: message.numbers.first ?? 0)
      } else if message.isKind("p") {
        if message.numbers.count == 2 { progress.note(bytesRead: message.numbers[0], entries: message.numbers[1]) }
      } else if message.isKind("r") || message.isKind("e") {
        last(message)
      }
    }
  }

  /// Ends the image workers that are left.
  func endWorkers() {
    for worker in workers.values { Self.end(worker) }
    workers = [:]
  }

  private func startWorker() {
    guard let vision, startedWorkers < Self.mostWorkers, workers.count < 256,
      let connection = try? vision.start()
    else {
      socket.send(ControlMessage("n"))
      return
    }
    startedWorkers += 1
    let number = UInt64(startedWorkers)
    workers[number] = connection
    socket.send(ControlMessage("w", ControlMessage.numbers(number), descriptor: connection.descriptor))
    close(connection.descriptor)
  }

  private static func end(_ worker: VisionConnection) {
    worker.kill()
    worker.reap()
  }

  private func makeFile() {
    madeFiles += 1
    let descriptor = madeFiles <= Self.mostFiles ? SpoolSupply.own.make() : -1
    guard descriptor >= 0 else {
      socket.send(ControlMessage("n"))
      return
    }
    socket.send(ControlMessage("s", descriptor: descriptor))
    close(descriptor)
  }

  private func last(_ message: ControlMessage) {
    guard answer == nil, complaint == nil else { return }
    do throws(Complaint) {
      let json = try JSONParser.parse(message.payload)
      if message.isKind("r") {
        answer = try ExamineAnswer(json: json)
      } else {
        var f = try JSONFields(json, path: "")
        complaint = Complaint(
          code: try f.string("code"), Printable.escape(try f.string("message"), limit: 1000),
          at: try f.optionalString("location").map { Printable.escape($0, limit: 1000) },
          hint: try f.optionalString("hint").map { Printable.escape($0, limit: 1000) })
      }
    } catch {
      complaint = Complaint(
        code: "examiner.answer", "the examining process ended with what is no answer: \(error.message)",
        hint: "treat the snapshot as hostile, and report this as a defect")
    }
  }
}
