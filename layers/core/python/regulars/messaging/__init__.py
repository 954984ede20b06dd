"""沟通: tells members what concerns them, once, by e-mail or SMS in their language, and keeps the communication record."""
