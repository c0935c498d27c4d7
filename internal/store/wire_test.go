package store_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/store"
	"github.com/scriphq/scrip/internal/store/storetest"
)

// Much may go both ways at once: neither side waits until the other has read all.
func TestAPipelineWithLargeQuestionsAndLargeAnswers(t *testing.T) {
	t.Parallel()
	db := storetest.Postgres(t)
	var texts []string
	for _, letter := range "abcdefgh" {
		texts = append(texts, strings.Repeat(string(letter), 1<<20))
	}
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	back, err := db.Echo(ctx, "SELECT $1::text", texts...)
	ok(t, err)
	if !slices.Equal(back, texts) {
		t.Errorf("%d texts came back, or others", len(back))
	}
}

// The first statement that fails names the error; those behind it are passed over, and the
// connection is used again.
func TestAPipelineGoesOnAfterAStatementThatFails(t *testing.T) {
	t.Parallel()
	db := storetest.Postgres(t)
	before := backend(t, db)
	for range 3 {
		back, err := db.Echo(ctx, "SELECT CAST(CAST($1::text AS INTEGER) AS TEXT)", "1", "two", "3", "four")
		if err == nil || !strings.Contains(err.Error(), `"two"`) || !slices.Equal(back, []string{"1"}) {
			t.Errorf("got %q and %v", back, err)
		}
	}
	if now := backend(t, db); now != before {
		t.Errorf("the database's process was %s and is %s", before, now)
	}
}

// What has no index costs so much on these connections that PostgreSQL would compile it first,
// which takes longer than any answer of theirs.
func TestNothingIsCompiled(t *testing.T) {
	t.Parallel()
	back, err := storetest.Postgres(t).Echo(ctx, "SELECT CURRENT_SETTING($1::text)", "jit", "enable_seqscan")
	ok(t, err)
	if !slices.Equal(back, []string{"off", "off"}) {
		t.Errorf("jit and sequential scans are %q", back)
	}
}

// backend names the process of the database that answers.
func backend(t *testing.T, db *store.DB) string {
	t.Helper()
	back, err := db.Echo(ctx, "SELECT CAST(PG_BACKEND_PID() AS TEXT) || $1::text", "")
	ok(t, err)
	return back[0]
}

// Who gives up does not wait for the answer, whoever comes next does not get it, and the
// database stops.
func TestAPipelineThatIsGivenUp(t *testing.T) {
	t.Parallel()
	db := storetest.Postgres(t)
	for range 3 {
		short, cancel := context.WithTimeout(ctx, 50*time.Millisecond)
		_, err := db.Echo(short, "SELECT CAST(PG_SLEEP(300) AS TEXT) || $1::text", "late")
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v, want that the time is over", err)
		}
		cancel()
		if _, err := db.Echo(short, "SELECT $1::text", "never"); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v from a context that had ended", err)
		}
		back, err := db.Echo(ctx, "SELECT $1::text", "next")
		ok(t, err)
		if !slices.Equal(back, []string{"next"}) {
			t.Errorf("got %q", back)
		}
	}
	asleep := 3
	for end := time.Now().Add(30 * time.Second); asleep > 0 && time.Now().Before(end); {
		ok(t, db.Query(ctx, "SELECT COUNT(*) FROM pg_stat_activity WHERE query LIKE '%PG_SLEEP(300)%' AND query NOT LIKE '%pg_stat_activity%' AND state = 'active'", &asleep))
	}
	if asleep > 0 {
		t.Errorf("%d of the statements go on", asleep)
	}
}

// What goes wrong in an answer's reader ends the connection, and nothing else.
func TestAPipelineWhoseReaderPanics(t *testing.T) {
	t.Parallel()
	db := storetest.Postgres(t)
	before := backend(t, db)
	func() {
		defer func() { _ = recover() }()
		_ = db.Stumble(ctx)
		t.Error("nobody panicked")
	}()
	if now := backend(t, db); now == before {
		t.Error("a connection with answers that nobody read is used again")
	}
}

// A server that ends the connection among the rows has committed nothing; the mark tells.
func TestAConnectionThatEndsAmongTheRows(t *testing.T) {
	t.Parallel()
	db := storetest.Postgres(t)
	ok(t, db.Tamper(ctx, `CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN
		IF NEW.fingerprint = ''fp_7'' THEN PERFORM PG_TERMINATE_BACKEND(PG_BACKEND_PID()); END IF; RETURN NEW; END'`))
	ok(t, db.Tamper(ctx, "CREATE TRIGGER die BEFORE INSERT ON code FOR EACH ROW EXECUTE FUNCTION die()"))
	write := func(mark coupon.MarkID, codes []coupon.Code) error {
		return db.Write(ctx, &coupon.Keys{}, func(tx coupon.Tx, _ *coupon.State) error {
			return tx.Apply(ctx, &coupon.Changes{Mark: mark, At: start, Codes: codes})
		})
	}
	codes := []coupon.Code{{Fingerprint: "fp_1", Voucher: "vch_1"}, {Fingerprint: "fp_7", Voucher: "vch_7"}, {Fingerprint: "fp_8", Voucher: "vch_8"}}
	if err := write("mrk_dead", codes); !errors.Is(err, coupon.ErrUnclear) {
		t.Errorf("got %v, want that it is unclear", err)
	}
	if committed, err := db.Committed(ctx, "mrk_dead"); err != nil || committed {
		t.Errorf("committed: %v, %v", committed, err)
	}
	ok(t, write("mrk_alive", codes[:1]))
	var rows int
	ok(t, db.Query(ctx, "SELECT COUNT(*) FROM code", &rows))
	if rows != 1 {
		t.Errorf("%d codes are there, want one", rows)
	}
}
