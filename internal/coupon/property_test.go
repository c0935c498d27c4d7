package coupon_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/coupon/coupontest"
	"github.com/scriphq/scrip/internal/testenv"
)

// alone is a world where commands come one by one.
type alone struct{ *coupontest.World }

func (a alone) Do(commands []coupon.Command) ([]coupontest.Answer, []int) {
	out, err := a.World.Do(commands[0])
	return []coupontest.Answer{{Result: out, Err: err}}, []int{0}
}

func (a alone) Look(s coupontest.Subjects) (coupontest.Seen, error) { return a.World.Look(s), nil }

// TestRandomCommandsDoWhatTheDomainPromises plays random sequences on rows in memory
// and on the plain model: every answer, balance, use, state, counter and account
// must be the same after every few commands.
func TestRandomCommandsDoWhatTheDomainPromises(t *testing.T) {
	t.Parallel()
	org := coupon.Organisation{TimeZone: "Asia/Singapore"}
	play := coupontest.Play{Commands: 40, AtOnce: 1, Every: 4}
	hundreds := testenv.Count(100, 10_000) // of sequences
	if raced {
		hundreds /= 20 // the detector is slow, and sees as much in these
	}
	for range hundreds {
		rapid.Check(t, func(t *rapid.T) {
			at := noon.Add(time.Duration(rapid.IntRange(0, 23).Draw(t, "hour")) * time.Hour)
			play.Run(t, alone{coupontest.NewWorld(org, at)}, coupontest.NewModel(org, at))
		})
	}
}
