import Base
import CBLAS
import Foundation
import Synchronization

/// The BLAS library, set up once for this process before its first product.
enum OpenBLAS {
  /// One thread for each product, since a split over threads changes the order of sums, hence the bits; Networks
  /// uses a second core by splitting rows itself, always in the same way. And kernels that suit the processor.
  static let ready: Void = {
    replaceFallbackKernels()
    openblas_set_num_threads(1)
    isInUse.store(true, ordering: .relaxed)
  }()

  static let isInUse = Atomic(false)

  /// Whether tiles may multiply: not where the user has chosen kernels for a processor that could not run these.
  static let allowsTiles = ProductKernels.canFuse(
    ProcessInfo.processInfo.environment[ProductKernels.variable, default: ""])

  /// OpenBLAS chooses its kernels from a list of processors. One that is newer than the library gets kernels of 2004:
  /// Debian's 0.3.21 on an Emerald Rapids Xeon used SSE3, a fifth of the speed. Such a processor is given the best
  /// kernels that it can run instead, unless the user has chosen some through OPENBLAS_CORETYPE.
  private static func replaceFallbackKernels() {
    guard ProcessInfo.processInfo.environment[ProductKernels.variable] == nil,
      let name = openblas_get_corename(), String(cString: name) == "Prescott",
      let better = ["SkylakeX", "Haswell"].first(where: ProductKernels.canRun)
    else { return }
    // Exported by every build that chooses at run time, declared in no header: absent, all stays as it is.
    guard let library = dlopen(nil, RTLD_NOW), let quit = dlsym(library, "gotoblas_dynamic_quit"),
      let start = dlsym(library, "gotoblas_dynamic_init")
    else { return }
    typealias Function = @convention(c) () -> Void
    setenv(ProductKernels.variable, better, 1)
    unsafeBitCast(quit, to: Function.self)()
    unsafeBitCast(start, to: Function.self)()
    unsetenv(ProductKernels.variable)
  }
}

/// The name of the kernels that products run on, such as `SkylakeX`: part of what decides the last bits of results.
public var productKernels: String {
  _ = OpenBLAS.ready
  return openblas_get_corename().map { String(cString: $0) } ?? "unknown"
}

/// The same where this process has multiplied anything or asked for that name; nil otherwise.
public var productKernelsInUse: String? {
  OpenBLAS.isInUse.load(ordering: .relaxed) ? productKernels : nil
}
