package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime/pprof"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// ticks is how many a second the kernel counts processor time in (USER_HZ).
const ticks = 100

// spent is what work has taken so far: it tells less of the neighbours than a clock.
type spent struct {
	program, database time.Duration // processor time
	log               int64         // bytes written to PostgreSQL's log, or by this process to SQLite's files
}

// cost measures what a redemption takes of the processor and of the log, for vouchers of
// their own and for one that everybody uses.
func (b *bench) cost(ctx context.Context) error {
	if err := b.settled(ctx); err != nil {
		return err
	}
	in, err := b.inside(ctx)
	if err != nil {
		return err
	}
	m, err := b.meter(ctx)
	if err != nil {
		return errors.Join(err, in.close())
	}
	err = errors.Join(
		b.spends(ctx, m, "vouchers of their own", func() (int, error) {
			codes := b.codes
			_, used, err := b.engine(ctx, len(codes), func(i int) error { return in.redeem(ctx, codes[i]) })
			return used, errors.Join(err, b.spend(used))
		}),
		b.spends(ctx, m, "one hot voucher", func() (int, error) {
			_, used, err := b.engine(ctx, 1<<40, func(int) error { return in.redeem(ctx, b.hot) })
			return used, err
		}))
	return errors.Join(err, m.close(), in.close())
}

// spends says what each redemption of a turn has taken, after a turn that nobody counts.
func (b *bench) spends(ctx context.Context, m *meter, what string, turn func() (int, error)) error {
	if _, err := turn(); err != nil {
		return err
	}
	stop, err := b.profiling(what)
	if err != nil {
		return err
	}
	before, err := m.read(ctx)
	if err != nil {
		return err
	}
	n, err := turn()
	if err = errors.Join(err, stop()); err != nil || n == 0 {
		return errors.Join(err, errors.New("nothing was redeemed"))
	}
	after, err := m.read(ctx)
	each := func(d time.Duration) float64 { return float64(d.Microseconds()) / float64(n) }
	b.report.say(fmt.Sprintf("%s: a redemption of %s takes %.1f µs of the program, %.1f µs of the database and %d bytes written; %d were measured.",
		b.name, what, each(after.program-before.program), each(after.database-before.database), (after.log-before.log)/int64(n), n))
	return err
}

// profiling writes a profile of this process to a file named after what is measured, if
// there is a name for one.
func (b *bench) profiling(what string) (stop func() error, err error) {
	if b.profile == "" {
		return func() error { return nil }, nil
	}
	f, err := os.Create(b.profile + "." + b.name + "." + strings.Fields(what)[0])
	if err != nil {
		return nil, err
	}
	return func() error { pprof.StopCPUProfile(); return f.Close() }, pprof.StartCPUProfile(f)
}

// meter reads what this process and PostgreSQL's have spent.
type meter struct{ conn *pgx.Conn }

func (b *bench) meter(ctx context.Context) (*meter, error) {
	if b.url == "" {
		return &meter{}, nil
	}
	conn, err := pgx.Connect(ctx, b.url)
	return &meter{conn}, err
}

func (m *meter) close() error {
	if m.conn == nil {
		return nil
	}
	return m.conn.Close(context.Background())
}

func (m *meter) read(ctx context.Context) (spent, error) {
	var use syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &use); err != nil {
		return spent{}, err
	}
	s := spent{program: time.Duration(use.Utime.Nano() + use.Stime.Nano())}
	if m.conn == nil {
		s.log = bytesWritten()
		return s, nil
	}
	if err := m.conn.QueryRow(ctx, "SELECT (pg_current_wal_lsn() - '0/0')::bigint").Scan(&s.log); err != nil {
		return s, err
	}
	rows, err := m.conn.Query(ctx, "SELECT pid FROM pg_stat_activity")
	if err != nil {
		return s, err
	}
	pids, err := pgx.CollectRows(rows, pgx.RowTo[int32])
	parent := 0
	for _, pid := range pids {
		p := processOf(int(pid))
		s.database, parent = s.database+p.spent, max(parent, p.parent)
	}
	p := processOf(parent) // whose children were those that are gone
	s.database += p.spent + p.children
	return s, err
}

// bytesWritten returns what this process has written so far, 0 when the system does not
// tell. See proc(5), io.
func bytesWritten() int64 {
	text, _ := os.ReadFile("/proc/self/io")
	for row := range strings.Lines(string(text)) {
		if value, ok := strings.CutPrefix(row, "wchar: "); ok {
			n, _ := strconv.ParseInt(strings.TrimSpace(value), 10, 64)
			return n
		}
	}
	return 0
}

// process is what the system tells of one: what it has spent, and what its children have
// spent that have ended.
type process struct {
	parent          int
	spent, children time.Duration
}

// processOf returns nothing of a process on another machine. See proc(5): the parent is the
// 2nd after the name, which is in brackets, utime and stime are the 12th and 13th, and those
// of the children follow.
func processOf(pid int) process {
	text, _ := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "stat"))
	fields := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
	if len(fields) < 15 {
		return process{}
	}
	n := make([]int64, len(fields))
	for i := range fields {
		n[i], _ = strconv.ParseInt(fields[i], 10, 64) // the 1st is a letter
	}
	const tick = time.Second / ticks
	return process{parent: int(n[1]), spent: time.Duration(n[11]+n[12]) * tick, children: time.Duration(n[13]+n[14]) * tick}
}
