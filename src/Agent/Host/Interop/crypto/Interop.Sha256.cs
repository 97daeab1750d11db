using System.Runtime.InteropServices;

namespace Sallyport.Agent.Host;

internal static partial class Interop
{
    /// <summary>OpenSSL's libcrypto, linked in (SHA256_Init(3ssl)); each call gives 1.</summary>
    internal static unsafe partial class Crypto
    {
        /// <summary>Bytes of a SHA256_CTX.</summary>
        internal const int Sha256Context = 112;

        private const string Library = "crypto";

        [LibraryImport(Library)]
        internal static partial int SHA256_Init(void* context);

        [LibraryImport(Library)]
        internal static partial int SHA256_Update(void* context, void* data, nuint length);

        [LibraryImport(Library)]
        internal static partial int SHA256_Final(byte* digest, void* context);
    }
}
