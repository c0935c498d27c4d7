package testenv

import (
	"os"
	"syscall"
)

// serverAttr runs a program as o and ends it when its starter is killed, so
// that no server is left behind.
func serverAttr(o *owner) *syscall.SysProcAttr {
	attr := &syscall.SysProcAttr{Pdeathsig: syscall.SIGQUIT}
	if o != nil {
		attr.Credential = &syscall.Credential{Uid: uint32(o.uid), Gid: uint32(o.gid)}
	}
	return attr
}

// groupAttr gives the child a process group of its own, so that a signal
// reaches what it has started in turn.
func groupAttr() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }

func signalGroup(leader *os.Process, sig os.Signal) {
	if s, ok := sig.(syscall.Signal); ok {
		syscall.Kill(-leader.Pid, s)
	}
}
