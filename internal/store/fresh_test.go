package store

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

// Of many who ask past half of its age one reads a value anew; the others have the old one
// until then, and nobody has it when it is too old, or after it was forgotten.
func TestOneReadsAnewForAll(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const age = time.Second
		f, reads := fresh[int]{}, 0
		read := func() (int, error) {
			reads++
			n := reads
			<-time.After(age / 10)
			return n, nil
		}
		wants := func(what string, want int) {
			t.Helper()
			if got, err := f.get(age, read); got != want || err != nil {
				t.Errorf("%s: got %d, %v, want %d", what, got, err, want)
			}
		}
		wants("at first", 1)
		wants("at once", 1)
		<-time.After(age / 2)
		go wants("past half of its age the first", 2)
		synctest.Wait()
		wants("beside it the others", 1)
		<-time.After(age / 10)
		synctest.Wait()
		wants("then", 2)
		<-time.After(age)
		wants("when it is too old", 3)
		f.forget()
		wants("when it was forgotten", 4)
		go wants("past half again", 4)
		synctest.Wait()
		<-time.After(age / 2)
		go wants("read before it was forgotten", 5)
		synctest.Wait()
		f.forget()
		<-time.After(age / 10)
		synctest.Wait()
		wants("that one is not kept", 6)
		<-time.After(age)
		if _, err := f.get(age, func() (int, error) { return 0, errors.New("away") }); err == nil {
			t.Error("what was too old was given when it could not be read")
		}
		wants("after a failure", 7)
	})
}
