// The image worker: a process that looks at pictures it is sent and owns nothing else.
//
//     custody-vision            answers a client over standard input and output (docs/vision-protocol.md)
//     custody-vision --report   prints what its sandbox holds on this machine
//     custody-vision --probe    tries forbidden calls inside the sandbox and prints each result; status 1 when one went
//                               through

import CSandbox
import CustodyCore
import Glibc
import VisionProtocol

let arguments = Set(CommandLine.arguments.dropFirst())
let known: Set = ["--report", "--probe", "--allow-unsandboxed"]

func complain(_ message: String) {
  _ = (message + "\n").withCString { write(2, $0, strlen($0)) }
}
func say(_ message: String) {
  _ = (message + "\n").withCString { write(1, $0, strlen($0)) }
}

if let stranger = arguments.subtracting(known).first {
  complain("custody-vision: unknown argument \(Printable.escape(stranger, limit: 60))")
  complain("usage: custody-vision [--report | --probe] [--allow-unsandboxed]")
  exit(2)
}
if arguments.contains("--report") { exit(SandboxText.report()) }
if arguments.contains("--probe") { exit(SandboxText.probe()) }
if isatty(0) != 0 {
  complain("custody-vision: answers a client over a socket (docs/vision-protocol.md); there is none on standard input")
  exit(2)
}
// Should the client be killed in the middle of a picture, nobody is left to watch this process.
csandbox_end_with_parent()
let worker = PictureWorker(allowUnsandboxed: arguments.contains("--allow-unsandboxed"))
let status = WorkerLoop(worker).run()
if let refusal = worker.refusal { complain("custody-vision: " + refusal) }
// Not exit: the libraries' clean-up may want calls that are refused now.
_exit(status)
