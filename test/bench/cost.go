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
	for _, pid := range pids {
		s.database += processorTime(int(pid))
	}
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

// processorTime returns what a process has spent, 0 when it is on another machine. See
// proc(5): utime and stime are the 12th and 13th after the name, which is in brackets.
func processorTime(pid int) time.Duration {
	text, _ := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "stat"))
	fields := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
	if len(fields) < 13 {
		return 0
	}
	user, _ := strconv.ParseInt(fields[11], 10, 64)
	system, _ := strconv.ParseInt(fields[12], 10, 64)
	return time.Duration(user+system) * time.Second / ticks
}
