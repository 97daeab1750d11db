using System.Runtime.InteropServices;

namespace Sallyport.Agent.Host;

internal static partial class Interop
{
    internal static unsafe partial class Libc
    {
        /// <summary>pthread_sigmask(3): gives the error itself, errno is not set.</summary>
        [LibraryImport("libc")]
        internal static partial int pthread_sigmask(int how, byte* set, byte* former);
    }
}
