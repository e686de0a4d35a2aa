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

  @_expose(wasm, "tokens")
  @_cdecl("neuron_tokens")
  public func tokens(_ model: UnsafeRawPointer, _ run: Int32) -> UnsafeMutablePointer<Int32>? {
    PageModel.Run(rawValue: run).map { held(model).result(of: $0).tokens }
  }

  @_expose(wasm, "states")
  @_cdecl("neuron_states")
  public func states(_ model: UnsafeRawPointer, _ run: Int32) -> UnsafeMutablePointer<Float>? {
    PageModel.Run(rawValue: run).map { held(model).result(of: $0).states }
  }

  @_expose(wasm, "gates")
  @_cdecl("neuron_gates")
  public func gates(_ model: UnsafeRawPointer, _ run: Int32) -> UnsafeMutablePointer<Float>? {
    PageModel.Run(rawValue: run).map { held(model).result(of: $0).gates }
  }

  @_expose(wasm, "probabilities")
  @_cdecl("neuron_probabilities")
  public func probabilities(_ model: UnsafeRawPointer, _ run: Int32) -> UnsafeMutablePointer<Float>? {
    PageModel.Run(rawValue: run).map { held(model).result(of: $0).probabilities }
  }

  private func held(_ model: UnsafeRawPointer) -> PageModel {
    Unmanaged<PageModel>.fromOpaque(model).takeUnretainedValue()
  }
#endif
