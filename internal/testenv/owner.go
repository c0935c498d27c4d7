package testenv

import (
	"errors"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
)

// owner is the account a server runs as: ourselves, or for root, whom
// PostgreSQL refuses, an ordinary one. The nil owner is ourselves.
type owner struct{ uid, gid int }

func serverOwner() (*owner, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err := strconv.Atoi(u.Uid)
		if err != nil {
			continue
		}
		gid, err := strconv.Atoi(u.Gid)
		if err != nil {
			continue
		}
		return &owner{uid, gid}, nil
	}
	return nil, errors.New("no account postgres or nobody that PostgreSQL could run as")
}

// tempDir is where the owner can reach a folder of its own: the temporary
// folder that root was given may be closed to others.
func (o *owner) tempDir() string {
	dir := os.TempDir()
	if o != nil && !openToAll(dir) {
		return "/tmp"
	}
	return dir
}

func (o *owner) take(dir string) error {
	if o == nil {
		return nil
	}
	return os.Chown(dir, o.uid, o.gid)
}

// command prepares a program that runs as the owner, in dir, and ends when we do.
func (o *owner) command(dir, name string, args ...string) *exec.Cmd {
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "LC_ALL=C", "PWD="+dir)
	cmd.SysProcAttr = serverAttr(o)
	return cmd
}

func openToAll(dir string) bool {
	for {
		info, err := os.Stat(dir)
		if err != nil || info.Mode().Perm()&0o001 == 0 {
			return false
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return true
		}
		dir = parent
	}
}
