using System.Runtime.InteropServices;

namespace Sallyport.Agent.Host;

internal static partial class Interop
{
    internal static partial class Libc
    {
        /// <summary>setpriority(2); on Linux PRIO_PROCESS with 0 is the calling thread alone.</summary>
        [LibraryImport("libc", SetLastError = true)]
        internal static partial int setpriority(int which, uint who, int priority);
    }
}
