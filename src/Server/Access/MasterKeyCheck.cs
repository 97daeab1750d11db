using System.Security.Cryptography;
using System.Xml.Linq;
using Sallyport.Server.Configuration;
using Sallyport.Server.Store;

namespace Sallyport.Server.Access;

/// <summary>
/// At the start: the master key is the one by which the database's keys were encrypted. With another one sessions would end and
/// uploads would fail, one request after the other, without a word why.
/// </summary>
internal static class MasterKeyCheck
{
    private const string WayOut =
        "Put the earlier file back, the same on every replica (a backup made --with-keys has it). If it is lost: sallyport-server forget-keys, "
        + $"and the server makes new keys: {ServerKeys.MadeAnew}.";

    /// <summary>What can be said without the database; makes no file.</summary>
    /// <exception cref="InvalidDataException">The file holds no master key.</exception>
    public static void ReadIfThere(ServerSettings settings)
    {
        if (Path.Exists(settings.MasterKeyFile))
        {
            _ = MasterKey.Open(settings.MasterKeyFile);
        }
    }

    /// <summary>Reads it, or makes it where no key of the database needs an earlier one.</summary>
    /// <exception cref="InvalidDataException">It is another, or there is none where there was one.</exception>
    public static async Task RunAsync(Database database, ServerSettings settings, CancellationToken cancellation)
    {
        var kept = await StoredProtectionKeys.ListAsync(database, cancellation);
        var path = settings.MasterKeyFile;
        if (kept.Count > 0 && !Path.Exists(path))
        {
            throw new InvalidDataException($"masterKeyFile: there is no {path}, and the database has keys that a master key encrypted. {WayOut}");
        }

        var key = MasterKey.Open(path);
        if (kept.Any(element => !Opens(key, element)))
        {
            throw new InvalidDataException($"masterKeyFile: {path} is another key than the one that encrypted the database's keys. {WayOut}");
        }
    }

    // <key …><descriptor …><descriptor><encryptedSecret …><masterKey>base64</masterKey>
    private static bool Opens(MasterKey key, XElement element)
    {
        try
        {
            foreach (var secret in element.Descendants(MasterKeyEncryptor.Element))
            {
                _ = key.Unprotect(Convert.FromBase64String(secret.Value));
            }

            return true;
        }
        catch (Exception e) when (e is CryptographicException or FormatException)
        {
            return false;
        }
    }
}
