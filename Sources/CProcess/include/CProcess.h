// What Swift's Glibc module leaves out, for programs that run a chapter.
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

// MARK: The process

void process_buffer_output_by_line(void);

// Gives memory that is freed back to this process, and not to the system.
void process_keep_memory(void);

// Zero, or else what was printed could not be written.
int process_flush_output(void);

// Runs `body` in a copy of this process and gives the copy's number, or -1. It runs on a thread of its own, whose number Swift's
// locks then ask for: that of the copy's first thread they have from its former self, and would wait for it for ever.
pid_t process_copy(void (*body)(void *), void *context);

int process_stack(void **addresses, int capacity);

// Where the program lies in memory: its program headers say where they were meant to be.
uintptr_t process_base(void);

// Begins the program again as a child of this process, which waits for it, ends as it ended, and leaves nothing behind
// that the program began, even where that has a session of its own. Ends all, too, when its own parent ends, or on
// SIGTERM. To be called first, with the program's arguments; gives 0 in the child, or -1 where there is none.
int process_supervise(char **arguments);

// MARK: What the process may do (confinement.c)

// The version of Landlock that the kernel has; 0 or less where it has none.
int process_landlock_version(void);

// From now on this process and those that it begins may create and change files only in some places, and read only in
// some; those that do not exist are left out. Without `readable` all may be read. Gives 0, or -1 where the kernel can't restrict it.
int process_confine(
    const char *const *writable, int writable_count, const char *const *readable, int readable_count);

// From now on the process can't change the mode, owner, times or attributes of files, or make devices. Gives 0, or -1 where the kernel
// can't refuse it.
int process_refuse_file_attributes(void);

// MARK: What the process reads (reads.c)

// From now on what the program opens, lists or looks for is written to a file, each once, but for what begins with one of
// some paths: a letter for its kind, the number of the cell, the state of the file (device, inode, size, seconds, nanoseconds), the path,
// and a zero.
//
//     f  a file that was read or looked at       l  a symbolic link
//     d  a folder that was looked at or listed   t  a folder that was listed with all below it
//     e  a folder that is there                  m  something that is not there
//     u  in the place of the path, a word for what can't be followed
void process_record_reads(const char *path, const char *const *passed_over, int passed_over_count);

// The cell that reads from here on.
void process_reads_of_cell(int cell);

// Forgets what was written before, so that it is written again. Gives the length of the file of reads.
int64_t process_reads_anew(void);

// Notes something of a kind as if it had been read now.
void process_note_read(char kind, const char *path);

// Until it is resumed, what this thread reads is not written down. Calls nest.
void process_pause_reads(void);
void process_resume_reads(void);
