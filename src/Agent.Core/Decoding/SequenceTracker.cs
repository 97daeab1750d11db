namespace Sallyport.Agent.Core.Decoding;

/// <summary>
/// Finds losses by the sequence that the kernel counts per CPU and ring. Records of one CPU arrive in order within a
/// ring, but for a program that an interrupt's program overtook between taking its number and its place: such a
/// late one takes back the gap that it seemed to be. Bounded by <see cref="MaxCpus"/>.
/// </summary>
public sealed class SequenceTracker
{
    /// <summary>CPUs that are followed; CONFIG_NR_CPUS of the distributions' kernels is at most 8192.</summary>
    public const int MaxCpus = 8192;

    // How far an overtaken record may lag: nesting is task, softirq, hardirq, NMI.
    private const int LateRecords = 64;

    private readonly uint[][] last = [new uint[MaxCpus], new uint[MaxCpus]];
    private readonly long[] missing = new long[2];

    /// <summary>Records of CPUs past <see cref="MaxCpus"/>, whose gaps are not seen.</summary>
    public long Unfollowed { get; private set; }

    /// <summary>Sequences that went back further than an overtaken record can: the count starts anew there.</summary>
    public long Restarts { get; private set; }

    /// <summary>Records of a ring that were numbered and never arrived.</summary>
    public long Missing(RecordRing ring) => missing[(int)ring];

    /// <summary>Takes note of one record.</summary>
    public void Accept(RecordRing ring, uint cpu, uint sequence)
    {
        if (cpu >= MaxCpus)
        {
            Unfollowed++;
            return;
        }

        ref var latest = ref last[(int)ring][cpu];

        // A new array is all zero and so expects 1. The difference of two u32 is right across the wrap.
        var distance = (int)(sequence - (latest + 1));
        if (distance >= 0)
        {
            missing[(int)ring] += distance;
            latest = sequence;
        }
        else if (distance >= -LateRecords)
        {
            missing[(int)ring] = Math.Max(0, missing[(int)ring] - 1);
        }
        else
        {
            Restarts++;
            latest = sequence;
        }
    }
}
