using System.Runtime.InteropServices;

namespace Sallyport.Agent.Host;

internal static partial class Interop
{
    internal static unsafe partial class Libc
    {
        /// <summary>getrandom(2): the framework's own random numbers come from OpenSSL.</summary>
        [LibraryImport("libc", SetLastError = true)]
        internal static partial nint getrandom(void* buffer, nuint length, uint flags);
    }
}
