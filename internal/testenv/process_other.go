//go:build !linux

package testenv

import (
	"os"
	"syscall"
)

// Elsewhere than on Linux PostgreSQL runs as ourselves, which it refuses to
// root; a killed test run may leave it behind.
func serverAttr(*owner) *syscall.SysProcAttr { return nil }

func groupAttr() *syscall.SysProcAttr { return nil }

func signalGroup(leader *os.Process, sig os.Signal) { leader.Signal(sig) }
