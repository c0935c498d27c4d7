package app

import (
	"errors"
	"testing"

	"github.com/scriphq/scrip/internal/engine"
)

// Chunks grow while nobody asks for anything, and are small at once when somebody does.
func TestPace(t *testing.T) {
	t.Parallel()
	alone, disturbed := engine.Reply{Alone: true}, engine.Reply{}
	for _, c := range []struct {
		name  string
		from  int
		reply engine.Reply
		err   error
		want  int
	}{
		{"nobody asked", 500, alone, nil, 1000},
		{"there is a largest chunk", chunkLarge, alone, nil, chunkLarge},
		{"somebody asked", 1000, disturbed, nil, chunkSmall},
		{"it made way", chunkLarge, disturbed, engine.ErrYielded, chunkSmall},
		{"what failed says nothing", 1000, disturbed, errors.New("away"), 1000},
	} {
		p := pace{now: c.from, busy: chunkSmall, most: chunkLarge}
		if p.took(c.reply, c.err); p.size() != c.want {
			t.Errorf("%s: got %d, want %d", c.name, p.size(), c.want)
		}
	}
}

// Once somebody has asked, chunks stay small until nobody has for a while.
func TestPaceAfterSomebodyAsked(t *testing.T) {
	t.Parallel()
	p := pace{now: 400, busy: chunkSmall, most: chunkLarge}
	p.took(engine.Reply{}, nil)
	for i := range quiet {
		if p.took(engine.Reply{Alone: true}, nil); p.size() != chunkSmall {
			t.Fatalf("after %d chunks alone: %d", i+1, p.size())
		}
	}
	if p.took(engine.Reply{Alone: true}, nil); p.size() != 2*chunkSmall {
		t.Errorf("then %d, want %d", p.size(), 2*chunkSmall)
	}
}
