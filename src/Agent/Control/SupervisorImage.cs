using System.Runtime.CompilerServices;
using System.Text;
using Sallyport.Agent.Host;

namespace Sallyport.Agent.Control;

/// <summary>
/// Makes this process one that runs a job: the signals of <see cref="Supervision"/> are blocked in every thread of it.
/// The runtime's own threads were there before: the finalizer's, the only one of the release, is told to block them too.
/// Where another would still take them, a new image inherits them as blocked, which costs another start of the runtime.
/// </summary>
internal static class SupervisorImage
{
    /// <summary>True for a command line that will run a job: the sooner an image goes, the less was done in vain.</summary>
    internal static bool IsNeeded(string[] arguments) => arguments is ["run", ..] && Interop.Libc.geteuid() == 0;

    /// <summary>False when a thread is left that would take them.</summary>
    internal static bool TryBecome()
    {
        SignalSet.Apply(Native.SIG_BLOCK, Supervision.Watched);
        LeaveToFinalizer();
        GC.Collect(0);
        GC.WaitForPendingFinalizers();
        return ProcessStatus.OfThreads().All(thread => (thread.BlockedSignals & Supervision.Watched) == Supervision.Watched);
    }

    /// <summary>Replaces this process; comes back only by an exception.</summary>
    internal static void Become(CallerState caller)
    {
        SignalSet.Apply(Native.SIG_BLOCK, Supervision.Watched);
        var own = RawProcess.Arguments();
        OwnImage.Replace([
            own[0], "internal"u8.ToArray(), "supervise"u8.ToArray(), Encoding.ASCII.GetBytes(caller.Format()),
            .. own[1..]]);
    }

    /// <summary>Not inlined: a register of the caller would keep it alive.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void LeaveToFinalizer() => _ = new Blocking();

    /// <summary>Dies once, on the finalizer's thread.</summary>
    private sealed class Blocking
    {
        ~Blocking()
        {
            try
            {
                SignalSet.Apply(Native.SIG_BLOCK, Supervision.Watched);
            }
            catch (IOException)
            {
                // The threads are looked at afterwards.
            }
        }
    }
}
