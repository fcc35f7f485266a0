# Source before training.
# glibc gives every large tensor back to the kernel and faults its pages in again, a third of the CPU time; keep the memory.
export MALLOC_MMAP_MAX_=0 MALLOC_TRIM_THRESHOLD_=100000000000 MALLOC_TOP_PAD_=268435456
# Threads that wait for each other sleep instead of spinning: beside other work on the same cores a step took a third of the time.
export OMP_WAIT_POLICY=passive
