import './again.js';
import './copy.js';
import './live.js';
import './theme.js';
import './once.js';
import './kept.js';
import './told.js';
