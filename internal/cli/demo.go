package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync/atomic"
	"time"

	"github.com/scriphq/scrip/internal/app"
	"github.com/scriphq/scrip/internal/config"
	"github.com/scriphq/scrip/internal/store"
)

type demoCommand struct {
	config.Serve
	Keep string `help:"Folder to put the data into instead of a throw-away one; what is there already is served again." env:"SCRIP_KEEP" type:"path" placeholder:"DIR"`
}

// Validate refuses proxies that are no networks.
func (c *demoCommand) Validate() error { return checkNetworks(&c.Serve) }

// demoPassword is everybody's in the demonstration; it guards nothing.
const demoPassword = "demonstration"

// Run fills a throw-away folder with realistic data and serves it.
func (c *demoCommand) Run(e *env) (err error) {
	dir := c.Keep
	if dir == "" {
		if dir, err = os.MkdirTemp("", "scrip-demo-"); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	}
	storage := config.Storage{Data: dir}
	fmt.Fprintln(e.out, "Making the demonstration data …")
	if err := fillDemo(e, &storage); err != nil {
		return err
	}
	fmt.Fprintf(e.out, "\nBack office: /admin as admin@example.com, marketing@example.com, cashier@example.com,\n"+
		"support@example.com, finance@example.com or developer@example.com; password %q.\n"+
		"Portal: / as mei@example.com, same password.\n\n", demoPassword)
	s := serveCommand{Storage: storage, Serve: c.Serve}
	return s.Run(e)
}

// demoClock lets the demonstration's past happen: it stands until it is moved.
type demoClock struct{ at atomic.Int64 }

func (c *demoClock) now() time.Time  { return time.UnixMicro(c.at.Load()).UTC() }
func (c *demoClock) set(t time.Time) { c.at.Store(t.UnixMicro()) }

// pass lets time go by, up to the real present: nothing of the demonstration lies ahead.
func (c *demoClock) pass(d time.Duration) {
	to := c.now().Add(d)
	if present := time.Now(); to.After(present) {
		to = present
	}
	c.set(to)
}

// fillDemo sets an installation up whose past is sixty days long.
func fillDemo(ctx context.Context, s *config.Storage) (err error) {
	url, err := s.URL()
	if err != nil {
		return err
	}
	db, err := store.Open(ctx, store.Options{URL: url})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if _, _, err := db.Migrate(ctx); err != nil {
		return err
	}
	if ready, err := db.IsSetUp(ctx); err != nil || ready {
		return err
	}
	keys, err := loadKeys(s, true)
	if err != nil {
		return err
	}
	clock := &demoClock{}
	clock.set(time.Now().AddDate(0, 0, -60).Truncate(time.Hour))
	d := &demo{ctx: ctx, clock: clock, app: app.New(app.Options{Store: db, Journal: db, Keys: keys, Now: clock.now})}
	defer d.app.Close()
	return d.fill()
}
