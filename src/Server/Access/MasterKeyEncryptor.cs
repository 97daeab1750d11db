using System.Text;
using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.XmlEncryption;

namespace Sallyport.Server.Access;

/// <summary>Encrypts data protection's keys by the master key before they are stored.</summary>
internal sealed class MasterKeyEncryptor(MasterKey key) : IXmlEncryptor
{
    /// <summary>Name of the element that holds what is encrypted.</summary>
    public const string Element = "masterKey";

    public EncryptedXmlInfo Encrypt(XElement plaintextElement)
    {
        var secret = key.Protect(Encoding.UTF8.GetBytes(plaintextElement.ToString(SaveOptions.DisableFormatting)));
        return new EncryptedXmlInfo(new XElement(Element, Convert.ToBase64String(secret)), typeof(MasterKeyDecryptor));
    }
}
