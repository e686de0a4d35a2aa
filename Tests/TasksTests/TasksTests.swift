import Testing
import Tasks
