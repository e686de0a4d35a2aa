import Networks

extension Gate {
  /// As a reader meets it.
  var name: String {
    switch self {
    case .update: "Update gate"
    case .reset: "Reset gate"
    case .candidate: "Candidate"
    case .input: "Input gate"
    case .forget: "Forget gate"
    case .output: "Output gate"
    }
  }

  /// Its letter in the equations.
  var symbol: String {
    switch self {
    case .update: "z"
    case .reset: "r"
    case .candidate: "c"
    case .input: "i"
    case .forget: "f"
    case .output: "o"
    }
  }
}
