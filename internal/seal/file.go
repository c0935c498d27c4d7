package seal

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
)

// maxFile is far more than a ring of hundreds of keys, in bytes.
const maxFile = 1 << 20

// Load reads the key file. Its faults are ErrKeysMissing, when there is none or
// it may not be read, and ErrKeysCorrupt.
func Load(path string) (*Keys, error) {
	f, err := os.Open(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, ErrKeysMissing.Saying("There is no key file at " + path + ".").Because(err)
	case err != nil:
		return nil, ErrKeysMissing.Saying("The key file " + path + " cannot be opened.").Because(err)
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxFile))
	if err != nil {
		return nil, ErrKeysMissing.Saying("The key file " + path + " cannot be read.").Because(err)
	}
	return Parse(text)
}

// Create makes a ring of fresh keys and writes it to a new file that only its
// owner may read. A file that is there already is ErrKeysExist and stays as it is. The
// ring is on disk when Create returns; a crash before that can leave an empty
// file, which Load names as such and which holds no key that was ever used.
func Create(path string) (*Keys, error) {
	claim, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil, ErrKeysExist.Because(err)
	}
	if err != nil {
		return nil, err
	}
	k := New()
	if err := errors.Join(claim.Close(), k.Save(path)); err != nil {
		return nil, errors.Join(err, os.Remove(path))
	}
	return k, nil
}

// Save replaces the key file by this ring, whole or not at all, and returns
// when it is on disk. Only its owner may read the file.
func (k *Keys) Save(path string) (err error) {
	dir := filepath.Dir(path)
	f, err := os.CreateTemp(dir, ".keys-*") // mode 0600
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(f.Name())
		}
	}()
	_, err = f.Write(k.Marshal())
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return err
	}
	return syncDir(dir)
}

// syncDir makes a rename in dir last through a power cut.
func syncDir(dir string) error {
	if runtime.GOOS == "windows" { // has no such call
		return nil
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
