package seal

// Occupy takes one of the slots until free is called.
func (p *Passwords) Occupy() (free func()) {
	p.slots <- struct{}{}
	return func() { <-p.slots }
}

// Reread parses a stored hash and writes it again.
func Reread(stored string) (string, error) {
	h, err := parsePHC(stored)
	return h.String(), err
}
