using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Sallyport.Server.Store;

namespace Sallyport.Server.Access;

/// <summary>Data protection's key ring in the database, so that all replicas read each other's cookies.</summary>
internal sealed class StoredProtectionKeys(Database database, TimeProvider time) : IXmlRepository
{
    private const string Prefix = "protection:";

    public IReadOnlyCollection<XElement> GetAllElements() => Wait(ListAsync(database, CancellationToken.None));

    /// <summary>The ring as it is kept: its secrets encrypted.</summary>
    public static async Task<IReadOnlyList<XElement>> ListAsync(Database database, CancellationToken cancellation) =>
        [.. (await database.ListAsync<string>($"SELECT value FROM server_key WHERE name LIKE '{Prefix}%'", null, cancellation)).Select(XElement.Parse)];

    public void StoreElement(XElement element, string friendlyName) =>
        Wait(database.ExecuteAsync(
            "INSERT INTO server_key (name, value, created_ms) VALUES (@name, @value, @now) ON CONFLICT (name) DO NOTHING",
            new
            {
                name = Prefix + friendlyName,
                value = element.ToString(SaveOptions.DisableFormatting),
                now = time.GetUtcNow().ToUnixTimeMilliseconds(),
            },
            CancellationToken.None));

    // The interface is synchronous, and is called at the start and once in months.
    private static T Wait<T>(Task<T> task) => task.GetAwaiter().GetResult();
}
