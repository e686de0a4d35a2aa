// What a page calls. Addresses are those of the module's memory; a run is 0 (asked), 1 (other) or 2 (edited).
#if arch(wasm32)

  @_expose(wasm, "allocate")
  @_cdecl("neuron_allocate")
  public func allocate(_ bytes: Int32) -> UnsafeMutableRawPointer {
    UnsafeMutableRawPointer.allocate(byteCount: Int(bytes), alignment: 16)
  }

  /// A model from its block; 0 where it is none.
  @_expose(wasm, "load")
  @_cdecl("neuron_load")
  public func load(_ block: UnsafeRawPointer, _ bytes: Int32, _ mostSteps: Int32) -> UnsafeMutableRawPointer?
  {
    guard
      let model = PageModel(
        UnsafeRawBufferPointer(start: block, count: Int(bytes)), mostSteps: Int(mostSteps))
    else { return nil }
    return Unmanaged.passRetained(model).toOpaque()
  }

  /// 1 where the run was made, 0 where there is none such.
  @_expose(wasm, "run")
  @_cdecl("neuron_run")
  public func run(
    _ model: UnsafeRawPointer, _ run: Int32, _ tokens: UnsafePointer<Int32>, _ tokenCount: Int32,
    _ steps: Int32,
    _ edits: UnsafePointer<Int32>, _ editCount: Int32
  ) -> Int32 {
    guard let run = PageModel.Run(rawValue: run) else { return 0 }
    let isMade = held(model).run(
      run, tokens: UnsafeBufferPointer(start: tokens, count: Int(tokenCount)), steps: Int(steps),
      edits: UnsafeBufferPointer(start: edits, count: Int(editCount)))
    return isMade ? 1 : 0
  }

  /// Where a run's numbers lie: its tokens (0), states (1), gates (2) or probabilities (3), as `PageModel.Result` has them.
  @_expose(wasm, "result")
  @_cdecl("neuron_result")
  public func result(_ model: UnsafeRawPointer, _ run: Int32, _ part: Int32) -> UnsafeMutableRawPointer? {
    guard let run = PageModel.Run(rawValue: run) else { return nil }
    let result = held(model).result(of: run)
    switch part {
    case 0: return UnsafeMutableRawPointer(result.tokens)
    case 1: return UnsafeMutableRawPointer(result.states)
    case 2: return UnsafeMutableRawPointer(result.gates)
    case 3: return UnsafeMutableRawPointer(result.probabilities)
    default: return nil
    }
  }

  private func held(_ model: UnsafeRawPointer) -> PageModel {
    Unmanaged<PageModel>.fromOpaque(model).takeUnretainedValue()
  }
#endif
