using System.Text;
using Sallyport.Agent.Host;

namespace Sallyport.Agent.Control;

/// <summary>
/// The image of this program that runs a job: it inherits the signals of <see cref="Supervision"/> as blocked, so that
/// the runtime's own threads have them blocked too.
/// </summary>
internal static class SupervisorImage
{
    /// <summary>True for a command line that will run a job: the sooner this image goes, the less was done in vain.</summary>
    internal static bool IsNeeded(string[] arguments) => arguments is ["run", ..] && Interop.Libc.geteuid() == 0;

    /// <summary>Replaces this process; comes back only by an exception.</summary>
    internal static void Become(CallerState caller)
    {
        SignalSet.Apply(Native.SIG_BLOCK, Supervision.Watched);
        var own = RawProcess.Arguments();
        OwnImage.Replace([
            own[0], "internal"u8.ToArray(), "supervise"u8.ToArray(), Encoding.ASCII.GetBytes(caller.Format()),
            .. own[1..]]);
    }
}
