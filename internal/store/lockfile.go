package store

import (
	"errors"
	"os"
	"syscall"

	"github.com/scriphq/scrip/internal/fault"
)

// ErrInUse is what a second process on the same SQLite data gets.
var ErrInUse = fault.New(fault.Conflict, "in_use", "Another Scrip process is using this data folder. Stop it first, or use PostgreSQL to run several.")

// lockFile takes the lock that keeps a second process away; closing the file, or
// the end of the process, gives it back.
func lockFile(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, ErrStorage.Because(err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		return nil, errors.Join(ErrInUse.Because(err), f.Close())
	}
	return f, nil
}
