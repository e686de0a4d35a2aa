import Base
import Foundation

/// What can be wrong with what a user gives to a task or a corpus.
public enum TaskError: Error, Equatable, Sendable {
  /// An option whose value makes no sense.
  case invalidOption(name: String, value: String, expected: String)
  /// A word that has no number; `examples` are words that have one.
  case wordOutsideVocabulary(word: String, words: Int, examples: [String])
  /// A number that no word has.
  case tokenOutsideVocabulary(token: Int32, vocabularySize: Int)
  /// T outside the positions that a sentence of `length` words allows.
  case positionBeyondLength(position: Int, length: Int, allowed: ClosedRange<Int>)
  /// A sentence with fewer or more words than the task has positions for.
  case lengthOutsideTask(length: Int, allowed: ClosedRange<Int>)
  /// A text without a line that can be used.
  case emptyCorpus(source: String, skippedLines: Int)
  /// Bytes that are no UTF-8; lines are counted from 1.
  case notUTF8(source: String, line: Int)
  /// A line with more words than the limit; lines are counted from 1.
  case lineTooLong(source: String, line: Int, words: Int, limit: Int)
  /// A cell or a split asks for more distinct inputs than there are.
  case tooFewDistinctInputs(task: String, length: Int, needed: Int, available: Int)
  /// The vocabulary has fewer words than the task asks for.
  case vocabularyTooSmall(source: String, words: Int, needed: Int)
  /// A word whose pronunciation is not known.
  case noPronunciation(word: String)
  /// A file that a Debian package installs is not there, or is not what it should be.
  case missingPackage(package: String, path: String, found: String)
  /// A file that can't be read or written.
  case fileFailed(path: String, reason: String)
  /// A file with other content than expected; lines are counted from 1.
  case damagedFile(path: String, line: Int, found: String, expected: String)
}

extension TaskError: CustomStringConvertible, LocalizedError {
  public var errorDescription: String? { description }

  public var description: String {
    switch self {
    case .invalidOption(let name, let value, let expected):
      "\(name) is \(value), expected \(expected)"
    case .wordOutsideVocabulary(let word, let words, let examples):
      """
      “\(word)” is not one of the \(words) words of the vocabulary, such as \(examples.joined(separator: ", ")); \
      ask for one of them, or make the vocabulary larger
      """
    case .tokenOutsideVocabulary(let token, let vocabularySize):
      "token \(token) is outside the vocabulary, whose tokens are 0 to \(vocabularySize - 1)"
    case .positionBeyondLength(let position, let length, let allowed):
      """
      position T = \(position) is not possible with \(length) words; choose \(allowed.lowerBound) to \
      \(allowed.upperBound), or a longer sentence
      """
    case .lengthOutsideTask(let length, let allowed):
      """
      a sentence of \(length) words does not fit a task whose sentences have \(allowed.lowerBound) to \
      \(allowed.upperBound); change the sentence, or `lengths`
      """
    case .emptyCorpus(let source, let skippedLines):
      """
      \(source) has no line that can be used (\(skippedLines) were left out); check that it is text, and that \
      `longestLine` is not too small
      """
    case .notUTF8(let source, let line):
      "\(source):\(line) is not UTF-8; convert the file, for example with `iconv -f latin1 -t utf8`"
    case .lineTooLong(let source, let line, let words, let limit):
      """
      \(source):\(line) has \(words) words, \(limit) are allowed; choose `longLines: .skipped`, `.cut` or \
      `.clauses`, or a larger `longestLine`
      """
    case .tooFewDistinctInputs(let task, let length, let needed, let available):
      """
      \(task) needs \(needed) distinct sentences of length \(length), found only \(available); ask for fewer rows \
      in a cell, for longer sentences or for more words, or hold out fewer pairs
      """
    case .vocabularyTooSmall(let source, let words, let needed):
      """
      \(source) has a vocabulary of \(words) words, \(needed) are needed; raise `vocabularyLimit`, take a longer \
      text, or ask for fewer words
      """
    case .noPronunciation(let word):
      "the CMU dictionary has no pronunciation of “\(word)”; choose another word"
    case .missingPackage(let package, let path, let found):
      "\(path) \(found); install it with `apt-get install \(package)`"
    case .fileFailed(let path, let reason):
      "\(path): \(reason)"
    case .damagedFile(let path, let line, let found, let expected):
      "\(path):\(line): found \(found), expected \(expected)"
    }
  }
}

extension TaskError {
  /// The bytes of a file.
  ///
  /// Throws `.fileFailed`, also for a folder, a pipe or a device.
  static func bytes(of url: URL) throws -> [UInt8] {
    do { return [UInt8](try Data(ofFile: url.path)) } catch {
      throw TaskError.fileFailed(path: url.path, reason: error.reason)
    }
  }
}
