using Sallyport.Agent.Host;

namespace Sallyport.Agent.Control;

/// <summary>Sets of the signals 1 to 64; bit n-1 stands for signal n, as in /proc/PID/status.</summary>
internal static unsafe class SignalSet
{
    /// <summary>Bytes of glibc's sigset_t; the kernel uses the first eight.</summary>
    internal const int Bytes = 128;

    internal static ulong Of(params ReadOnlySpan<int> signals)
    {
        var set = 0UL;
        foreach (var signal in signals)
        {
            set |= 1UL << (signal - 1);
        }

        return set;
    }

    /// <summary>pthread_sigmask(3) on the calling thread.</summary>
    internal static void Apply(int how, ulong signals)
    {
        var set = stackalloc byte[Bytes];
        Fill(set, signals);
        var error = Interop.Libc.pthread_sigmask(how, set, null);
        if (error != 0)
        {
            throw Errno.Failure("pthread_sigmask", error);
        }
    }

    internal static void Fill(byte* set, ulong signals)
    {
        new Span<byte>(set, Bytes).Clear();
        *(ulong*)set = signals;
    }
}
