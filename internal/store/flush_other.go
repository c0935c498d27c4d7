//go:build !linux

package store

import "os"

// flush has the system write what it still keeps of a file. It promises nothing; what goes
// wrong is found by whoever makes the file durable.
func flush(f *os.File) { _ = f.Sync() }
