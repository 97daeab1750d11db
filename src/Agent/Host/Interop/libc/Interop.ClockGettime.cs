using System.Runtime.InteropServices;

namespace Sallyport.Agent.Host;

internal static partial class Interop
{
    internal static unsafe partial class Libc
    {
        /// <summary>clock_gettime(2): struct timespec is two 64-bit numbers, seconds and nanoseconds.</summary>
        [LibraryImport("libc", SetLastError = true)]
        internal static partial int clock_gettime(int clock, long* time);
    }
}
