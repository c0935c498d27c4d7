package coupontest

import (
	"strings"
	"time"

	"pgregory.net/rapid"

	"github.com/scriphq/scrip/internal/coupon"
	"github.com/scriphq/scrip/internal/fault"
)

// Answer is what became of a command.
type Answer struct {
	Result any
	Err    error
}

// Desk is what a sequence runs on. Do runs commands that arrive at once and says in
// which order they were decided; Look reads the rows of the subjects.
type Desk interface {
	Do(commands []coupon.Command) (answers []Answer, order []int)
	Pass(d time.Duration)
	Look(s Subjects) (Seen, error)
}

// Play says how a sequence runs.
type Play struct {
	Name     string // begins every name in it
	Commands int
	AtOnce   int // as many as this arrive at once, at most
	Every    int // rows are looked at after so many rounds; they always are at the end
}

// Run plays a random sequence on a desk and compares every answer, and now and then
// every row, with the model's.
func (p Play) Run(t *rapid.T, d Desk, m *Model) {
	s := NewScript(t, m, p.Name)
	var log []string
	fail := func(format string, args ...any) {
		t.Fatalf("%s\n\nafter:\n"+format, append([]any{strings.Join(log, "\n")}, args...)...)
	}
	for done, round := 0, 1; done < p.Commands; round++ {
		if s.oneIn(4, "time passes") {
			by := pick(s, "by", time.Minute, time.Minute, 4*time.Minute, 4*time.Minute, 10*time.Minute, 3*time.Hour, 11*time.Hour, 25*time.Hour)
			if s.oneIn(12, "a long time") {
				by *= 100
			}
			m.now = m.now.Add(by)
			d.Pass(by)
			log = append(log, "time passes: "+by.String())
		}
		steps := []step{s.draw()}
		for len(m.vouchers) > 0 && len(steps) < p.AtOnce && s.oneIn(2, "another at once") {
			steps = append(steps, s.draw())
		}
		done += len(steps)
		commands := make([]coupon.Command, len(steps))
		for i := range steps {
			commands[i] = steps[i].command
		}
		answers, order := d.Do(commands)
		if len(order) != len(steps) {
			fail("%d commands arrived, %d were decided: %+v", len(steps), len(order), answers)
		}
		for _, i := range order {
			code := ""
			if f := fault.Of(answers[i].Err); f != nil {
				code = f.Code
			}
			want := steps[i].play()
			log = append(log, steps[i].name+": "+code)
			if code != want.reason {
				fail("%s: got %q (%v), want %q\n%+v", steps[i].name, code, answers[i].Err, want.reason, steps[i].command)
			}
			if err := m.agree(want, answers[i].Result); code == "" && err != nil {
				fail("%s: %v\n%+v\n%+v", steps[i].name, err, steps[i].command, answers[i].Result)
			}
		}
		if round%p.Every == 0 || done >= p.Commands {
			seen, err := d.Look(m.subjects())
			if err == nil {
				err = m.compare(seen)
			}
			if err != nil {
				fail("%v", err)
			}
		}
	}
}
