# Source before training. glibc gives every large tensor back to the kernel and faults its pages in again,
# which costs a third of the CPU time; keep the memory instead.
export MALLOC_MMAP_MAX_=0 MALLOC_TRIM_THRESHOLD_=100000000000 MALLOC_TOP_PAD_=268435456
