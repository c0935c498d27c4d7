package store

import (
	"os"
	"syscall"
)

const (
	flushPiece = 256 << 10 // bytes, at least
	flushMost  = 2000      // pieces of a file

	// See sync_file_range(2).
	syncWaitBefore, syncWrite, syncWaitAfter = 1, 2, 4
)

// flush has the system write what it still keeps of a file, a piece at a time: others who
// wait for the same disk get their turn in between. It promises nothing; what goes wrong is
// found by whoever makes the file durable.
func flush(f *os.File) {
	info, err := f.Stat()
	if err != nil {
		return
	}
	piece := max(flushPiece, info.Size()/flushMost)
	for at := int64(0); at < info.Size(); at += piece {
		if syscall.SyncFileRange(int(f.Fd()), at, piece, syncWaitBefore|syncWrite|syncWaitAfter) != nil {
			return
		}
	}
}
