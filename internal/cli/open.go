package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"

	"github.com/scriphq/scrip/internal/app"
	"github.com/scriphq/scrip/internal/config"
	"github.com/scriphq/scrip/internal/fault"
	"github.com/scriphq/scrip/internal/httpx"
	"github.com/scriphq/scrip/internal/seal"
	"github.com/scriphq/scrip/internal/store"
)

// opened is an installation: its database, keys and use cases.
type opened struct {
	db   *store.DB
	keys *seal.Keys
	app  *app.App
	log  *slog.Logger
}

func (o *opened) close() error {
	if o.app != nil {
		o.app.Close()
	}
	return o.db.Close()
}

// logger writes to w, with secrets masked.
func logger(w io.Writer, format string) *slog.Logger {
	if format == "json" {
		return slog.New(httpx.Redact(slog.NewJSONHandler(w, nil)))
	}
	return slog.New(httpx.Redact(slog.NewTextHandler(w, nil)))
}

// beside is how a command works on an installation whose server may be running.
var beside = store.Options{Shared: true, Existing: true}

// openDatabase opens the database of an installation in the given way.
func openDatabase(ctx context.Context, s *config.Storage, how store.Options) (*store.DB, error) {
	url, err := s.URL()
	if err != nil {
		return nil, err
	}
	return openURL(ctx, "database", url, how)
}

// openURL opens the database at an address that a flag has given.
func openURL(ctx context.Context, flag, url string, how store.Options) (*store.DB, error) {
	how.URL = url
	db, err := store.Open(ctx, how)
	if _, known := errors.AsType[*fault.Error](err); err != nil && !known {
		return nil, fault.Field(flag, "This database cannot be opened.").Because(err)
	}
	return db, err
}

// open opens an installation, its keys checked and its schema brought up to date; beside
// a server, which may be another version's, a schema that there is has to fit instead.
func open(ctx context.Context, s *config.Storage, log *slog.Logger, how store.Options) (*opened, error) {
	db, err := openDatabase(ctx, s, how)
	if err != nil {
		return nil, err
	}
	o := &opened{db: db, log: log}
	if err := o.start(ctx, s, how.Shared); err != nil {
		return nil, errors.Join(err, o.close())
	}
	return o, nil
}

func (o *opened) start(ctx context.Context, s *config.Storage, shared bool) error {
	some := false
	if shared {
		var err error
		if some, err = o.db.Fits(ctx); err != nil {
			return err
		}
	}
	if !some {
		if _, _, err := o.db.Migrate(ctx); err != nil {
			return err
		}
	}
	ready, err := o.db.IsSetUp(ctx)
	if err != nil {
		return err
	}
	var broken error
	if o.keys, err = loadKeys(s, !ready); err != nil {
		broken, o.keys = err, seal.New() // finds nothing and opens nothing
	}
	if ready && broken == nil {
		org, err := o.db.Organisation(ctx)
		if err != nil {
			return err
		}
		broken = o.keys.Verify(org.KeyCheck)
	}
	if broken != nil && !ready {
		return broken
	}
	if broken != nil {
		o.log.Error("READ ONLY: the secret keys do not fit this database; nothing can be changed until the right key file is back", "keys", s.KeysPath(), "err", broken)
	}
	o.app = app.New(app.Options{Store: o.db, Journal: o.db, Lanes: store.Lanes, OneWriter: o.db.OneWriter(), Keys: o.keys, Log: o.log, Broken: broken})
	return nil
}

// loadKeys reads the secret keys. They are made only for a database that holds
// nothing yet: new keys would not open what old ones have sealed.
func loadKeys(s *config.Storage, fresh bool) (*seal.Keys, error) {
	if s.Keys != "" {
		return seal.Parse([]byte(s.Keys))
	}
	path := s.KeysPath()
	keys, err := seal.Load(path)
	if errors.Is(err, seal.ErrKeysMissing) && fresh {
		if err := os.MkdirAll(s.Data, 0o700); err != nil {
			return nil, fmt.Errorf("cli: data folder: %w", err)
		}
		return seal.Create(path)
	}
	return keys, err
}
