"""The model, services and the kernel with fakes; sockets off."""
