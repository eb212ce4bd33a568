import CatalogFiles
import Pricing
import Traffic
import Units

/// Price and tenant files: taken with every amount at or above 0, or refused with mistakes.
enum CatalogTargets {
  static func prices(_ bytes: [UInt8]) {
    let day = UTCDay(daysSince1970: 20_000)
    do throws(FileMistakes) {
      let file = try PriceFile.read(bytes, name: "prices", effectiveFrom: day)
      var seen: Set<String> = []
      for row in file.rows {
        promise(!row.model.model.text.isEmpty, "a model without a name")
        promise(
          row.model.model.text.utf8.count <= Name.maximumBytes, "a name longer than is allowed")
        let key = "\(row.model)\u{0}\(row.effectiveFrom.map { "\($0)" } ?? "")"
        promise(seen.insert(key).inserted, "two prices of \(row.model) for a day")
      }
    } catch {
      check(error)
    }
    if ContractFile.recognises(bytes) {
      do throws(FileMistakes) {
        _ = try ContractFile.read(bytes, name: "contracts")
      } catch {
        check(error)
      }
    }
  }

  static func tenants(_ bytes: [UInt8]) {
    do throws(FileMistakes) {
      let terms = try TenantFile.read(bytes, name: "tenants")
      for row in terms {
        promise(!row.tenant.text.isEmpty, "a tenant without a name")
        for amount in [row.monthlyBudget, row.prepaidBalance, row.monthlyFee] {
          promise(amount.map { $0 >= .zero } ?? true, "an amount below 0")
        }
      }
    } catch {
      check(error)
    }
    do throws(FileMistakes) {
      _ = try TopUpFile.read(bytes, name: "top_ups")
    } catch {
      check(error)
    }
    do throws(FileMistakes) {
      _ = try ProviderChargeFile.read(bytes, name: "charges")
    } catch {
      check(error)
    }
  }

  private static func check(_ error: FileMistakes) {
    promise(!error.mistakes.isEmpty, "refused without a mistake")
    for mistake in error.mistakes {
      promise(!mistake.what.isEmpty && !mistake.remedy.isEmpty, "a mistake without words")
    }
  }
}
